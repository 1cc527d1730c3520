/**
 * What a realm needs for the pack to work in it, as data: the same description is what setup makes and what the realm is
 * compared with later.
 */
package dev.sallyport.rest.setup;
