/**
 * How long somebody has a privilege, and on whose word: the life of an elevation from the request to its end, and what must
 * hold at each step. Nothing here reads a clock or a database, so that one function says what may follow what.
 */
package dev.sallyport.elevation;
