// Stands in for gnuplot in the campaign: reads a script and draws a picture that depends on
// nothing else, a hundred times faster.
#include <stdio.h>

int main(void) {
    unsigned long sum = 1469598103934665603UL;
    int byte;
    while ((byte = getchar()) != EOF) sum = (sum ^ (unsigned long)byte) * 1099511628211UL;
    printf("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
           "<svg width=\"760\" height=\"430\" viewBox=\"0 0 760 430\""
           " xmlns=\"http://www.w3.org/2000/svg\">\n<g id=\"gnuplot_canvas\">\n"
           "<desc>%lx</desc>\n</g>\n</svg>\n",
           sum);
    return fflush(stdout) != 0;
}
