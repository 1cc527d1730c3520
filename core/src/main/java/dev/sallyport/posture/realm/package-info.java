/** The posture sources that a realm has configured, as components, and the connections to them. */
package dev.sallyport.posture.realm;
