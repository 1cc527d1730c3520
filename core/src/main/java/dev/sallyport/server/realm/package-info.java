/** What the parts of this pack that work while the server runs have in common. */
package dev.sallyport.server.realm;
