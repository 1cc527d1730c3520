/**
 * What is known about a device: who it is and by which proof, who owns it, and how healthy it is (its posture). Policies
 * of {@code dev.sallyport.access} judge these facts; nothing here decides whether anybody gets in.
 */
package dev.sallyport.device;
