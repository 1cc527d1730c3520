package dev.sallyport.rest;

import dev.sallyport.audit.realm.AuditEntries;
import dev.sallyport.device.Device;
import dev.sallyport.device.realm.DeviceStore;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.posture.realm.PostureStore;
import dev.sallyport.rest.Administration.Answer;
import dev.sallyport.session.realm.Reevaluation;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.UserModel;

/** The registry of devices, and what is reported about them. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class DevicesResource {

    private final Administration administration;
    private final DeviceStore devices;
    private final PostureStore postures;

    DevicesResource(Administration administration) {
        this.administration = administration;
        this.devices = new JpaDeviceStore(administration.session(), administration.realm());
        this.postures = new PostureStore(administration.session(), administration.realm(), administration.clock());
    }

    @GET
    public Response list(
            @QueryParam("first") String first,
            @QueryParam("max") String max,
            @QueryParam("search") String search,
            @QueryParam("owner") String owner,
            @QueryParam("compliant") String compliant) {
        return administration.answer(Right.VIEW, () -> {
            var page = Page.of(first, max);
            var text = Page.text("search", search);
            var flag = Page.flag("compliant", compliant);
            var username = Page.text("owner", owner);
            var ownerId = username.flatMap(this::userId);
            if (username.isPresent() && ownerId.isEmpty()) return Answer.ok(List.of());
            var query = new DeviceStore.Query(page.first(), page.max(), text, ownerId, flag);
            return Answer.ok(devices.list(query).stream().map(this::document).toList());
        });
    }

    @POST
    public Response create(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var device = DeviceDocument.read(RequestText.body(body)).device(this::userId);
            if (devices.find(device.id()).isPresent()) throw Refusal.conflict("There is a device of that id already.");
            devices.add(device);
            administration.record(entry("device.enrolled", device.id()).with("device", described(device)));
            return Answer.created(document(device));
        });
    }

    @GET
    @Path("{id}")
    public Response get(@PathParam("id") String id) {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(devices.find(id).map(this::document).orElseThrow(DevicesResource::unknown)));
    }

    @PUT
    @Path("{id}")
    public Response update(@PathParam("id") String id, InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var device = DeviceDocument.read(RequestText.body(body), id).device(this::userId);
            var before = devices.update(device).orElseThrow(DevicesResource::unknown);
            recordUpdate(before, device);
            return Answer.ok(devices.find(id).map(this::document).orElseThrow(DevicesResource::unknown));
        });
    }

    @DELETE
    @Path("{id}")
    public Response remove(@PathParam("id") String id) {
        return administration.answer(Right.MANAGE, () -> {
            if (!devices.remove(id)) throw unknown();
            administration.record(entry("device.removed", id));
            reevaluate(id);
            return Answer.done();
        });
    }

    /** What each source said last, and which of them cannot be asked. */
    @GET
    @Path("{id}/posture")
    public Response sources(@PathParam("id") String id) {
        return administration.answer(Right.VIEW, () -> {
            if (devices.find(id).isEmpty()) throw unknown();
            return Answer.ok(postures.parts(id));
        });
    }

    @PUT
    @Path("{id}/posture")
    public Response observe(@PathParam("id") String id, InputStream body) {
        return administration.answer(Right.INGEST, () -> {
            var posture = PostureReport.posture(
                    RequestText.body(body), administration.clock().instant());
            var taken = postures.pushed(List.of(new PostureStore.Pushed(id, posture)))
                    .get(0);
            return Answer.ok(Map.of("stored", taken.orElseThrow(DevicesResource::unknown)));
        });
    }

    @POST
    @Path("posture")
    public Response observeAll(InputStream body) {
        return administration.answer(Right.INGEST, () -> {
            var reports = PostureReport.all(
                    RequestText.body(body), administration.clock().instant());
            var taken =
                    postures.pushed(reports.stream().map(PostureReport::pushed).toList());
            int unknown = taken.indexOf(Optional.<Boolean>empty());
            if (unknown >= 0) throw new DocumentFault("[" + unknown + "].device", "is not a registered device");
            long stored =
                    taken.stream().flatMap(Optional::stream).filter(b -> b).count();
            return Answer.ok(Map.of("stored", stored, "ignored", reports.size() - stored));
        });
    }

    private void recordUpdate(Device before, Device after) {
        var previous = described(before);
        var current = described(after);
        if (previous.equals(current)) return;
        boolean blocked = before.status() != after.status() && after.status() == Device.Status.BLOCKED;
        administration.record(entry(blocked ? "device.blocked" : "device.updated", after.id())
                .with("previous", previous)
                .with("device", current));
        reevaluate(after.id());
    }

    private void reevaluate(String deviceId) {
        Reevaluation.ofDevice(administration.session(), administration.realm(), deviceId);
    }

    private RecordedDevice described(Device device) {
        return RecordedDevice.of(device, this::username);
    }

    private AuditEntries entry(String type, String deviceId) {
        return administration.entry(type).about("device", deviceId).on(Optional.of(deviceId));
    }

    private DeviceDocument document(Device device) {
        return DeviceDocument.of(device, this::username);
    }

    private Optional<String> userId(String username) {
        return Optional.ofNullable(administration.session().users().getUserByUsername(administration.realm(), username))
                .map(UserModel::getId);
    }

    private Optional<String> username(String userId) {
        return Optional.ofNullable(administration.session().users().getUserById(administration.realm(), userId))
                .map(UserModel::getUsername);
    }

    private static Refusal unknown() {
        return Refusal.notFound("There is no device of that id.");
    }
}
