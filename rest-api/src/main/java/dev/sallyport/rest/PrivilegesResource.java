package dev.sallyport.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sallyport.document.DocumentFault;
import dev.sallyport.document.Documents;
import dev.sallyport.document.realm.DocumentComponents;
import dev.sallyport.privilege.Privilege;
import dev.sallyport.privilege.realm.PrivilegeProvider;
import dev.sallyport.privilege.realm.PrivilegeProvider.Held;
import dev.sallyport.privilege.realm.PrivilegeReferences;
import dev.sallyport.rest.Administration.Answer;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.UserModel;

/** The privileges of the realm as documents. */
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class PrivilegesResource {

    private final Administration administration;
    private final DocumentComponents documents;
    private final PrivilegeReferences references;

    PrivilegesResource(Administration administration) {
        this.administration = administration;
        this.documents = PrivilegeProvider.documents(administration.realm());
        this.references = new PrivilegeReferences(administration.session(), administration.realm());
    }

    @GET
    public Response list() {
        return administration.answer(
                Right.VIEW,
                () -> Answer.ok(PrivilegeProvider.held(administration.realm()).stream()
                        .map(this::document)
                        .toList()));
    }

    @POST
    public Response create(InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var privilege = Privilege.read(RequestText.body(body));
            if (documents.find(privilege.name()).isPresent()) {
                throw Refusal.conflict("There is a privilege of that name already.");
            }
            documents.put(privilege.name(), Documents.write(privilege));
            return Answer.created(privilege);
        });
    }

    @GET
    @Path("{name}")
    public Response get(@PathParam("name") String name) {
        var answer = administration.answer(Right.VIEW, () -> Answer.ok(document(held(name))));
        if (answer.getStatus() != Response.Status.OK.getStatusCode()) return answer;
        // NB. So that who confirms can say what they have read.
        return Response.fromResponse(answer)
                .tag(new EntityTag(held(name).digest()))
                .build();
    }

    @PUT
    @Path("{name}")
    public Response update(@PathParam("name") String name, InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            held(name);
            var privilege = Privilege.read(RequestText.body(body));
            if (!privilege.name().equals(name)) throw new DocumentFault("name", "differs from the name in the address");
            documents.put(name, Documents.write(privilege));
            return Answer.ok(privilege);
        });
    }

    @DELETE
    @Path("{name}")
    public Response remove(@PathParam("name") String name) {
        return administration.answer(Right.MANAGE, () -> {
            held(name);
            PrivilegeProvider.held(administration.realm()).stream()
                    .flatMap(other -> other.privilege().stream())
                    .filter(other -> other.incompatibleWith().contains(name))
                    .findFirst()
                    .ifPresent(other -> {
                        throw Refusal.conflict("The privilege " + other.name() + " refers to that privilege.");
                    });
            documents.remove(name);
            return Answer.done();
        });
    }

    /**
     * Whether all that was edited is confirmed.
     *
     * @param anybody whether an account edited it behind which anybody may be, so that nobody may do either
     * @param editors those who must neither request nor approve the privilege until somebody else confirms it
     */
    record Confirmation(boolean confirmed, boolean anybody, List<Editor> editors) {}

    /** @param username empty for who is no user of this realm */
    record Editor(String id, Optional<String> username) {}

    @GET
    @Path("{name}/confirm")
    public Response confirmation(@PathParam("name") String name) {
        return administration.answer(Right.VIEW, () -> Answer.ok(confirmation(held(name))));
    }

    @POST
    @Path("{name}/confirm")
    public Response confirm(
            @PathParam("name") String name, @HeaderParam(HttpHeaders.IF_MATCH) String match, InputStream body) {
        return administration.answer(Right.MANAGE, () -> {
            var read = read(RequestText.body(body)).or(() -> Optional.ofNullable(match)
                    .filter(tag -> !tag.equals("*"))
                    .map(tag -> tag.strip().replace("\"", "")));
            return switch (PrivilegeProvider.confirm(administration.session(), administration.realm(), name, read)) {
                case UNKNOWN -> throw unknown();
                case CHANGED -> throw Refusal.conflict("The privilege is not what was read any more.");
                case DONE -> Answer.ok(confirmation(held(name)));
            };
        });
    }

    /** @param document the tag of the document that was read */
    record Read(Optional<String> document) {}

    private static Optional<String> read(String body) {
        return body.isBlank()
                ? Optional.empty()
                : Documents.read(body, Read.class).document();
    }

    private Confirmation confirmation(Held held) {
        var users = administration.session().users();
        return new Confirmation(
                held.confirmed(),
                held.anybody(),
                held.editors().stream()
                        .map(id -> new Editor(
                                id,
                                Optional.ofNullable(users.getUserById(administration.realm(), id))
                                        .map(UserModel::getUsername)))
                        .toList());
    }

    private Held held(String name) {
        return PrivilegeProvider.held(administration.realm(), name).orElseThrow(PrivilegesResource::unknown);
    }

    /** The document, and what is wrong with it if anything is. */
    private JsonNode document(Held held) {
        if (held.privilege().isEmpty()) {
            var document = (ObjectNode) Documents.tree("{}");
            held.fault().ifPresent(fault -> document.put("invalid", fault));
            return document.put("name", held.name());
        }
        var document = (ObjectNode) Documents.toTree(held.privilege().get());
        references.fault(held.privilege().get()).ifPresent(fault -> document.put("invalid", fault.getMessage()));
        return document;
    }

    private static Refusal unknown() {
        return Refusal.notFound("There is no privilege of that name.");
    }
}
