// A program that does nothing.
void _start(void) {}
