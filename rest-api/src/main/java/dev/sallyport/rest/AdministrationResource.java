package dev.sallyport.rest;

import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;

/** The root of the administration of one realm. */
public final class AdministrationResource {

    private final Administration administration;

    AdministrationResource(Administration administration) {
        this.administration = administration;
    }

    @Path("setup")
    public SetupResource setup() {
        return new SetupResource(administration);
    }

    @Path("device-identification")
    public DeviceIdentificationResource deviceIdentification() {
        return new DeviceIdentificationResource(administration);
    }

    @Path("devices")
    public DevicesResource devices() {
        return new DevicesResource(administration);
    }

    @Path("networks")
    public NetworksResource networks() {
        return new NetworksResource(administration);
    }

    @Path("posture-sources")
    public PostureSourcesResource postureSources() {
        return new PostureSourcesResource(administration);
    }

    @Path("access-policies")
    public AccessPoliciesResource accessPolicies() {
        return new AccessPoliciesResource(administration);
    }

    @Path("privileges")
    public PrivilegesResource privileges() {
        return new PrivilegesResource(administration);
    }

    @Path("elevations")
    public ElevationsResource elevations() {
        return new ElevationsResource(administration);
    }

    @Path("sessions")
    public SessionsResource sessions() {
        return new SessionsResource(administration);
    }

    @Path("findings")
    public FindingsResource findings() {
        return new FindingsResource(administration);
    }

    @Path("detections")
    public DetectionsResource detections() {
        return new DetectionsResource(administration);
    }

    @Path("locks")
    public LocksResource locks() {
        return new LocksResource(administration);
    }

    @Path("sinks")
    public SinksResource sinks() {
        return new SinksResource(administration);
    }

    @Path("reports")
    public ReportsResource reports() {
        return new ReportsResource(administration);
    }

    @Path("audit")
    public AuditResource audit() {
        return new AuditResource(administration);
    }

    @Path("reviews")
    public ReviewsResource reviews() {
        return new ReviewsResource(administration);
    }

    @Path("audit/retention")
    public AuditRetentionResource auditRetention() {
        return new AuditRetentionResource(administration);
    }

    @Path("audit/erasures")
    public ErasuresResource erasures() {
        return new ErasuresResource(administration);
    }

    // NB. Otherwise the server would say of what is not there that the method is not allowed.
    @Path("{unknown: .+}")
    public Object unknown() {
        throw new NotFoundException();
    }
}
