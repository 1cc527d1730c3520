package dev.sallyport.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.detection.realm.DetectionProvider;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.finding.DetectionRule;
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

/** The detection rules of a realm, as documents. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class DetectionsResource {

    private final Administration administration;
    private final DocumentComponents documents;

    DetectionsResource(Administration administration) {
        this.administration = administration;
        this.documents = DetectionProvider.documents(administration.realm());
    }

    @GET
    public Response list() {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(DetectionProvider.stored(administration.realm()).stream()
                        .map(DetectionsResource::document)
                        .toList()));
    }

    @POST
    public Response create(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var rule = DetectionRule.read(RequestText.body(body));
            if (documents.find(rule.name()).isPresent()) {
                throw Refusal.conflict("There is a detection of that name already.");
            }
            documents.put(rule.name(), Documents.write(rule));
            return Answer.created(rule);
        });
    }

    @GET
    @Path("{name}")
    public Response get(@PathParam("name") String name) {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(DetectionProvider.stored(administration.realm()).stream()
                        .filter(rule -> rule.name().equals(name))
                        .findFirst()
                        .map(DetectionsResource::document)
                        .orElseThrow(DetectionsResource::unknown)));
    }

    @PUT
    @Path("{name}")
    public Response update(@PathParam("name") String name, InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            if (documents.find(name).isEmpty()) throw unknown();
            var rule = DetectionRule.read(RequestText.body(body));
            if (!rule.name().equals(name)) throw new DocumentFault("name", "differs from the name in the address");
            documents.put(name, Documents.write(rule));
            return Answer.ok(rule);
        });
    }

    @DELETE
    @Path("{name}")
    public Response remove(@PathParam("name") String name) {
        return administration.answer(Right.MANAGE, () -> {
            if (documents.find(name).isEmpty()) throw unknown();
            documents.remove(name);
            return Answer.done();
        });
    }

    /** The rule, and why it cannot be read if it cannot. */
    private static ObjectNode document(DetectionProvider.Stored stored) {
        if (stored.rule().isPresent())
            return (ObjectNode) Documents.toTree(stored.rule().get());
        var document = (ObjectNode) Documents.tree("{}");
        stored.fault().ifPresent(fault -> document.put("invalid", fault));
        return document.put("name", stored.name());
    }

    private static Refusal unknown() {
        return Refusal.notFound("There is no detection of that name.");
    }
}
