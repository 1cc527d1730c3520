/** Verifies an exported audit log offline, with nothing of the server but what its authors published: formats and keys. */
package dev.sallyport.verify;
