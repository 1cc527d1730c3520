package dev.sallyport.posture;

import dev.sallyport.device.Posture;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A device management that can be asked how healthy a device is. Other managements can be connected by providers of the SPI
 * {@code sallyport-posture-source}.
 *
 * <p><b>What absent means.</b> A fact that the management does not state, states as null or in a form that is not
 * understood stays absent in the posture: it is unknown, never assumed good, and never carried over from an earlier answer.
 * Facts that the management has no word for stay out. {@link Posture#observedAt()} is when the management last heard from
 * the device, not when it was asked.
 *
 * <p><b>Whom an answer is about.</b> {@link Found} may only be answered for exactly the device that was asked for: the
 * management's own record has to carry one of the keys. Names that a user can give a device, such as its host name, are no
 * keys. Where several records fit, none is the device.
 *
 * <p><b>Time.</b> An answer is due within the time-out that the source is configured with, whatever the other side does:
 * connecting, retries, renewing a token and reading the whole body are in it. What takes longer is an {@link Outage}.
 *
 * <p><b>Threads.</b> A source is asked by several threads at once, never on the thread of a request that waits for a page
 * and never inside a database transaction. It keeps no {@code KeycloakSession}. It never throws, and it gives up when its
 * thread is interrupted.
 */
public interface PostureSource {

    Answer ask(Keys keys);

    /**
     * Which device the management calls by an id of its own, as its notifications do. A notification is only a reason to ask
     * anew, so this is asked of the management and not read from what was sent. The rules of {@link #ask} hold.
     *
     * @return what the device may be registered by, ids and serial numbers; empty when the management knows no such device,
     *     cannot be reached or sends no notifications
     */
    default Set<String> identify(String managementId) {
        return Set.of();
    }

    /**
     * What a device can be found by.
     *
     * @param deviceId the id in the registry, which is also what its proof carries
     * @param serial the serial number in the registry; where it is known, the record has to carry it. What firmware puts
     *     where there is none, such as "System Serial Number", is none
     */
    record Keys(String deviceId, Optional<String> serial) {

        public Keys {
            serial = serial.filter(Predicate.not(Placeholder::is));
        }

        /** Whether there is anything to ask for. */
        public boolean findSomething() {
            return serial.isPresent() || !Placeholder.is(deviceId);
        }
    }

    /** What a source has to say. */
    sealed interface Answer {}

    /** The management knows the device; {@code posture} holds the facts that it states. */
    record Found(Posture posture) implements Answer {}

    /** The management answered, and does not know the device or knows several by that key. */
    record NotFound() implements Answer {}

    /**
     * There is no answer, so nothing is known, also not that the device is unknown.
     *
     * @param reason a sentence for administrators; holds no secret and no text of the other side
     */
    record Outage(String reason) implements Answer {}
}
