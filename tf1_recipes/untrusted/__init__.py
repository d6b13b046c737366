"""Reading what others wrote: names, patterns, file headers, none of it trusted."""
