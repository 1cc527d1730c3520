/**
 * What all kinds of configuration documents have in common: each change is validated and recorded, through whichever API it
 * comes.
 */
package dev.sallyport.configuration.realm;
