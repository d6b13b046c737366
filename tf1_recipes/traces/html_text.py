"""Text from outside in a page: neither markup nor a hidden character of it is obeyed."""
import html

from tf1_recipes.untrusted.visible import visible


def escape(text):
    r"""Text as HTML shows it, with its hidden characters written out.

    >>> print(escape("<b>\x1b"))
    &lt;b&gt;\x1b
    """
    return html.escape(visible(text))
