/**
 * The pack in a real server, grouped by door and by capability. Nothing of the pack is on the class path here: tests see what
 * applications, administrators and attackers see.
 */
package dev.sallyport.it;
