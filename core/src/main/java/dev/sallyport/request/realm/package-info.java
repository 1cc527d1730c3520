/** What a request remembers of what it has read. Used by whatever is asked for many things of one kind in one request. */
package dev.sallyport.request.realm;
