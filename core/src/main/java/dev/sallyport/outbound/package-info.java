/**
 * Where the server may be sent by addresses that administrators of a realm type: not into the network that it stands in.
 * Whatever sends requests on behalf of a realm asks here.
 */
package dev.sallyport.outbound;
