/** Forgets people: takes them out of the audit log and of the pack's tables, on request and off the request's thread. */
package dev.sallyport.erasure.realm;
