/**
 * What may be had for a while, by whom, and under which rules. Everything here is read from documents that administrators
 * write; who has what at the moment is not known here.
 */
package dev.sallyport.privilege;
