/** What a server does by itself from time to time: removes what is too old, goes on with what takes long, and looks for what nobody tells of. */
package dev.sallyport.upkeep.realm;
