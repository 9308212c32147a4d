// What -fsanitize-coverage=trace-pc calls in every block, for programs that do not fuzz: nothing. The targets bring
// coverage.cpp instead. Linked with every program of a sanitizer build.
extern "C" void __sanitizer_cov_trace_pc() {}
