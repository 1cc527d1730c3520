/**
 * Measures, on two nodes and a real database, how soon a session ends whose device falls ill, and that this does not depend on
 * how many others there are. Nothing here runs with the tests.
 */
package dev.sallyport.benchmarks.nodes;
