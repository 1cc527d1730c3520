/** Access reviews: whether people still need what they may ask for or hold for good. */
package dev.sallyport.review;
