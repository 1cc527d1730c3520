/**
 * Where a request comes from: addresses, the networks that a realm has named, and the country and autonomous system that an
 * atlas knows. Access decisions and risk ask; {@code dev.sallyport.network.realm} finds out.
 */
package dev.sallyport.network;
