/**
 * Reads and writes the JSON documents that administrators, agents and applications hand in. Reading is strict: what is
 * not understood is refused with the path of the fault, so that a typing error in a policy can never weaken it silently.
 */
package dev.sallyport.document;
