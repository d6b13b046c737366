"""Names that TensorFlow 1.0 to 1.15 have and 0.12.1 lacks, by which `eras` tells them apart.

Found by comparing what the modules of the releases hold; the contents of a module that is new
itself, and names that no program for training uses, are left out.
"""
_NAMES = """
    AUTO_REUSE CriticalSection GradientTape LMDBReader MetaGraphDef Module RaggedTensor
    SparseFeature SummaryMetadata TensorInfo UnconnectedGradients VariableAggregation
    VariableSynchronization acosh add_to_collections angle argsort asinh assert_near
    assert_none_equal assert_rank_in assert_same_float_dtype assert_scalar atan2 atanh autograph
    batch_gather batch_scatter_update bincount bitwise broadcast_dynamic_shape
    broadcast_static_shape broadcast_to colocate_with config confusion_matrix contrib.data
    contrib.eager contrib.keras contrib.legacy_seq2seq contrib.rnn.AttentionCellWrapper
    contrib.rnn.BasicLSTMCell contrib.rnn.BasicRNNCell contrib.rnn.BidirectionalGridLSTMCell
    contrib.rnn.CompiledWrapper contrib.rnn.CoupledInputForgetGateLSTMCell
    contrib.rnn.DeviceWrapper contrib.rnn.DropoutWrapper contrib.rnn.EmbeddingWrapper
    contrib.rnn.FusedRNNCell contrib.rnn.FusedRNNCellAdaptor contrib.rnn.GLSTMCell
    contrib.rnn.GRUBlockCell contrib.rnn.GRUBlockCellV2 contrib.rnn.GRUCell
    contrib.rnn.GridLSTMCell contrib.rnn.HighwayWrapper contrib.rnn.IndRNNCell
    contrib.rnn.IndyGRUCell contrib.rnn.IndyLSTMCell contrib.rnn.InputProjectionWrapper
    contrib.rnn.IntersectionRNNCell contrib.rnn.LSTMBlockCell contrib.rnn.LSTMBlockFusedCell
    contrib.rnn.LSTMBlockWrapper contrib.rnn.LSTMCell contrib.rnn.LSTMStateTuple
    contrib.rnn.LayerNormBasicLSTMCell contrib.rnn.LayerRNNCell contrib.rnn.MultiRNNCell
    contrib.rnn.NASCell contrib.rnn.OutputProjectionWrapper contrib.rnn.PhasedLSTMCell
    contrib.rnn.RNNCell contrib.rnn.ResidualWrapper contrib.rnn.SRUCell
    contrib.rnn.TimeFreqLSTMCell contrib.rnn.TimeReversedFusedRNN contrib.rnn.UGRNNCell
    contrib.rnn.best_effort_input_batch_size contrib.rnn.stack_bidirectional_dynamic_rnn
    contrib.rnn.stack_bidirectional_rnn contrib.rnn.static_bidirectional_rnn
    contrib.rnn.static_rnn contrib.rnn.static_state_saving_rnn contrib.rnn.transpose_batch_time
    contrib.seq2seq.BasicDecoder contrib.seq2seq.dynamic_decode contrib.seq2seq.sequence_loss
    convert_to_tensor_or_sparse_tensor cosh custom_gradient data debugging decode_compressed
    dimension_at_index dimension_value disable_eager_execution disable_tensor_equality
    distribute distributions div_no_nan enable_eager_execution enable_tensor_equality
    ensure_shape estimator executing_eagerly expm1 extract_volume_patches feature_column
    fingerprint get_local_variable get_logger get_static_value glorot_normal_initializer
    glorot_uniform_initializer grad_pass_through graph_util.import_graph_def guarantee_const
    histogram_fixed_width_bins identity_n image.adjust_jpeg_quality
    image.combined_non_max_suppression image.decode_and_crop_jpeg image.decode_bmp
    image.decode_image image.extract_image_patches image.extract_jpeg_shape
    image.extract_patches image.image_gradients image.is_jpeg image.non_max_suppression_overlaps
    image.non_max_suppression_padded image.non_max_suppression_with_scores image.psnr
    image.random_crop image.random_jpeg_quality image.resize image.resize_image_with_pad
    image.resize_with_crop_or_pad image.rgb_to_yiq image.rgb_to_yuv image.sobel_edges image.ssim
    image.ssim_multiscale image.total_variation image.transpose image.yiq_to_rgb
    image.yuv_to_rgb init_scope initializers io is_tensor keras layers linalg lite load_library
    log_sigmoid lookup losses make_ndarray make_tensor_proto manip math matrix_square_root
    metrics nest nn.avg_pool1d nn.avg_pool2d nn.collapse_repeated nn.compute_average_loss
    nn.conv1d_transpose nn.conv_transpose nn.ctc_unique_labels nn.depth_to_space nn.leaky_relu
    nn.max_pool1d nn.max_pool2d nn.safe_embedding_lookup_sparse nn.scale_regularization_loss
    nn.selu nn.space_to_batch nn.space_to_depth nn.static_bidirectional_rnn nn.static_rnn
    nn.static_state_saving_rnn nn.swish no_gradient nondifferentiable_batch_function norm
    numpy_function parallel_stack profiler py_function qr quantization quantize ragged random
    random_poisson recompute_grad regex_replace repeat roll saved_model scatter_max scatter_min
    searchsorted serialize_tensor sets signal sinh sort sparse sparse_reduce_max
    sparse_reduce_max_sparse sparse_slice spectral string_strip strings summary.FileWriterCache
    summary.initialize summary.text switch_case tables_initializer tensor_scatter_add
    tensor_scatter_nd_add tensor_scatter_nd_sub tensor_scatter_nd_update tensor_scatter_sub
    tensor_scatter_update tensordot timestamp to_complex128 to_complex64 tpu train.Checkpoint
    train.CheckpointManager train.CheckpointSaverListener train.FeedFnHook train.FinalOpsHook
    train.GlobalStepWaiterHook train.ProfilerHook train.SecondOrStepTimer
    train.SingularMonitoredSession train.VocabInfo train.checkpoints_iterator train.cosine_decay
    train.cosine_decay_restarts train.create_global_step train.experimental
    train.get_or_create_global_step train.init_from_checkpoint train.linear_cosine_decay
    train.list_variables train.load_checkpoint train.load_variable train.maybe_batch
    train.maybe_batch_join train.maybe_shuffle_batch train.maybe_shuffle_batch_join
    train.noisy_linear_cosine_decay train.piecewise_constant_decay train.remove_checkpoint
    train.warm_start uint32 uint64 unravel_index unsorted_segment_max unsorted_segment_mean
    unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n variable_creator_scope
    variance_scaling_initializer vectorized_map wrap_function
    """

SINCE_1 = frozenset(_NAMES.split())
