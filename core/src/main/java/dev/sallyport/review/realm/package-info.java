/** Access reviews in a realm: what is up for review, who decides about it, and what a decision takes away. */
package dev.sallyport.review.realm;
