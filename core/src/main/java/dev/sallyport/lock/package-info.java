/**
 * Locks: an administrator shuts every door to a user or a device, at once and until the lock is lifted or its time has
 * passed. What a lock stops is decided here; {@link dev.sallyport.access.realm.AccessGate} asks on behalf of all doors.
 */
package dev.sallyport.lock;
