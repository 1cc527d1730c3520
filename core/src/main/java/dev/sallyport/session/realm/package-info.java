/**
 * Knows which sessions there are by user and by device, and which of them have to be looked at again. Whoever changes what
 * access rests on asks for that here; the work is done elsewhere.
 */
package dev.sallyport.session.realm;
