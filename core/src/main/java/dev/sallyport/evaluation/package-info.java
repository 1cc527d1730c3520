/** What becomes of sessions that exist when something changes: an ill device's end, and only what is denied. */
package dev.sallyport.evaluation;
