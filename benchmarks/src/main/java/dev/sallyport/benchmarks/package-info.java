/** Measures what a decision costs, by itself and without a server. Nothing here runs with the tests. */
package dev.sallyport.benchmarks;
