/** Sinks of a realm, how far each has come, and the threads that deliver to them. */
package dev.sallyport.delivery.realm;
