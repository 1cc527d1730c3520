package dev.sallyport.rest;

import dev.sallyport.device.Device;
import dev.sallyport.device.realm.JpaDeviceStore;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.posture.PostureSource;
import dev.sallyport.posture.PostureSource.Found;
import dev.sallyport.posture.PostureSource.Keys;
import dev.sallyport.posture.PostureSource.Outage;
import dev.sallyport.posture.SourceDocument;
import dev.sallyport.posture.realm.PostureSources;
import dev.sallyport.posture.realm.PostureSources.Stored;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/** The device managements that are asked about devices, as documents. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class PostureSourcesResource {

    private final Administration administration;
    private final PostureSources sources;

    PostureSourcesResource(Administration administration) {
        this.administration = administration;
        this.sources = new PostureSources(administration.session(), administration.realm());
    }

    @GET
    public Response list() {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(sources.stored().stream().map(this::document).toList()));
    }

    @POST
    public Response create(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var document = SourceDocument.read(RequestText.body(body));
            if (sources.find(document.name()).isPresent()) {
                throw Refusal.conflict("There is a posture source of that name already.");
            }
            return Answer.created(masked(sources.put(document)));
        });
    }

    @GET
    @Path("{name}")
    public Response get(@PathParam("name") String name) {
        return administration.answer(Right.VIEW, () -> Answer.ok(document(stored(name))));
    }

    @PUT
    @Path("{name}")
    public Response update(@PathParam("name") String name, InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            stored(name);
            var document = SourceDocument.read(RequestText.body(body));
            if (!document.name().equals(name)) throw new DocumentFault("name", "differs from the name in the address");
            return Answer.ok(masked(sources.put(document)));
        });
    }

    @DELETE
    @Path("{name}")
    public Response remove(@PathParam("name") String name) {
        return administration.answer(Right.MANAGE, () -> {
            if (!sources.remove(name)) throw unknown();
            return Answer.done();
        });
    }

    /** Asks the source about a device, also while it is disabled; nothing is stored of what it says. */
    @POST
    @Path("{name}/test")
    public Response test(@PathParam("name") String name, InputStream body) {
        return administration.answerAfterwards(Right.MANAGE, () -> {
            var question = Documents.read(RequestText.body(body), Question.class);
            var source = sources.apart(stored(name))
                    .orElseThrow(() -> Refusal.conflict("The source is not configured correctly."));
            var serial = new JpaDeviceStore(administration.session(), administration.realm())
                    .find(question.device())
                    .flatMap(Device::serial);
            var keys = new Keys(question.device(), serial);
            return () -> result(name, source.ask(keys));
        });
    }

    /** @param device its id in the registry, or any key that the source knows */
    record Question(String device) {

        Question {
            if (device == null || device.isBlank()) throw new DocumentFault("device", "is required");
            if (device.length() > Device.MAX_ID) {
                throw new DocumentFault("device", "must not be longer than " + Device.MAX_ID + " characters");
            }
        }
    }

    private static Answer result(String name, PostureSource.Answer answer) {
        if (answer instanceof Found found) return Answer.ok(found.posture().from(name));
        return Answer.of(
                answer instanceof Outage outage
                        ? Refusal.unavailable(outage.reason())
                        : Refusal.notFound(
                                "The source knows no such device, or several: compare the device's id and serial"
                                        + " number with what it shows."));
    }

    private Stored stored(String name) {
        return sources.find(name).orElseThrow(PostureSourcesResource::unknown);
    }

    private Object document(Stored stored) {
        return stored.document()
                .<Object>map(this::masked)
                .orElseGet(() ->
                        Map.of("name", stored.name(), "invalid", stored.fault().orElse("cannot be read")));
    }

    private SourceDocument masked(SourceDocument document) {
        return document.masked(sources.credentials(document.type()).orElse(List.of()));
    }

    private static Refusal unknown() {
        return Refusal.notFound("There is no posture source of that name.");
    }
}
