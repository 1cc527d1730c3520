/**
 * How the audit log is delivered to the outside: what a sink is, what it is sent and in which form, and what an answer means.
 * Asked by the threads that deliver and by whoever administers sinks.
 */
package dev.sallyport.delivery;
