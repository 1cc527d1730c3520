package dev.sallyport.rest;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.audit.realm.JpaAuditLog;
import dev.sallyport.device.Device;
import dev.sallyport.device.realm.DeviceStore;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.rest.Administration.Answer;
import dev.sallyport.session.realm.Reevaluation;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;

/** The devices that belong to a user. */
@Produces(MediaType.APPLICATION_JSON)
public final class OwnDevicesResource {

    private final SelfService service;
    private final DeviceStore devices;

    OwnDevicesResource(SelfService service) {
        this.service = service;
        this.devices = new JpaDeviceStore(service.session(), service.realm());
    }

    @GET
    public Response list(@QueryParam("first") String first, @QueryParam("max") String max) {
        return service.answer(() -> {
            var page = Page.of(first, max);
            var query = new DeviceStore.Query(
                    page.first(),
                    page.max(),
                    Optional.empty(),
                    Optional.of(service.user().getId()),
                    Optional.empty());
            return Answer.ok(devices.list(query).stream()
                    .map(device -> DeviceDocument.of(
                            device, id -> Optional.of(service.user().getUsername())))
                    .toList());
        });
    }

    /** NB. A blocked device that its owner could remove would be an unknown one afterwards, and no longer refused. */
    @DELETE
    @Path("{id}")
    public Response remove(@PathParam("id") String id) {
        return service.answer(() -> {
            var device = devices.lock(id)
                    .filter(found -> found.ownerId()
                            .filter(service.user().getId()::equals)
                            .isPresent())
                    .orElseThrow(() -> Refusal.notFound("There is no device of that id."));
            if (device.status() == Device.Status.BLOCKED) {
                throw Refusal.conflict("The device is blocked; only an administrator can remove it.");
            }
            devices.remove(id);
            var entry = AuditEntries.of(service.session(), "device.removed")
                    .about("device", id)
                    .on(Optional.of(id))
                    .in(service.userSession());
            new JpaAuditLog(service.session(), service.realm()).append(entry.at(service.clock()));
            Reevaluation.ofDevice(service.session(), service.realm(), id);
            return Answer.done();
        });
    }
}
