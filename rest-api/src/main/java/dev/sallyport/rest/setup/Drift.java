package dev.sallyport.rest.setup;

import java.util.List;

/**
 * How a realm differs from what setup makes.
 *
 * @param missing names of what is not there
 * @param changed names of what is there, but different
 * @param bypassed the flows in use that let somebody in past the gate
 * @param faulty the conditions of ours, in any flow, whose configuration cannot be read; Keycloak stores them unchecked
 */
public record Drift(List<String> missing, List<String> changed, List<Bypass> bypassed, List<Fault> faulty) {

    /**
     * A flow in use that does not require the gate. The catch-alls still refuse there, but cannot explain themselves.
     *
     * @param flow the flow's name; empty text when there is none at all
     * @param binding what the flow is used for: {@code browser}, {@code direct_grant} or {@code post_broker}
     * @param usedBy {@code realm}, {@code client/<client id>} or {@code identity-provider/<alias>}
     */
    public record Bypass(String flow, String binding, String usedBy) {}

    /**
     * A condition that cannot do its work.
     *
     * @param flow the name of the flow that it is in
     * @param authenticator its provider id
     * @param fault what is wrong, with the path of the fault
     */
    public record Fault(String flow, String authenticator, String fault) {}
}
