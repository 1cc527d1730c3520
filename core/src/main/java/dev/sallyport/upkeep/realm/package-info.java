/** What a server does by itself from time to time: removes what is too old, and goes on with what takes long. */
package dev.sallyport.upkeep.realm;
