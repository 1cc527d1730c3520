/** Things that somebody should look at, one row each, until they say what they found. Raised in the transaction of what happened. */
package dev.sallyport.finding.realm;
