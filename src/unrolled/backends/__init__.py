"""The two backends: one public API, one module for each framework."""

# What to import before a process is forked for many runs. TensorFlow must be forked
# before it starts its threads, so its own backend, which asks for the devices, is not
# among it. Of PyTorch it is what a first step of training imports, too.
BEFORE_FORKING = {
    "pytorch": ("torch", "torch._dynamo", "unrolled.backends.pytorch"),
    "tensorflow": ("tensorflow", "keras"),
}
