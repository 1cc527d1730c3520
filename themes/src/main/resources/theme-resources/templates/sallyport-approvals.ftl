<#-- The list of requests that wait for an approver. Everything that comes from outside is escaped by FreeMarker's auto-escaping. -->
<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">
    ${msg("sallyport.approvals.title")}
  <#elseif section = "form">
    <div id="sallyport-approvals" class="${properties.kcFormClass!}">
      <#if requests?has_content>
        <ul class="${properties.kcListClass!}">
          <#list requests as request>
            <li>
              <form action="${url.loginAction}" method="post">
                <input type="hidden" name="id" value="${request.id()}">
                <button type="submit" name="choice" value="look" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.approvals.request", request.requester(), request.displayName())}</button>
              </form>
            </li>
          </#list>
        </ul>
      <#else>
        <p role="status">${msg("sallyport.approvals.none")}</p>
      </#if>
      <form id="sallyport-list" action="${url.loginAction}" method="post">
        <div class="${properties.kcFormActionGroupClass!}">
          <button type="submit" name="choice" value="list" class="${properties.kcButtonClass!} ${properties.kcButtonPrimaryClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.waiting.look")}</button>
          <button type="submit" id="sallyport-done" name="choice" value="done" class="${properties.kcButtonClass!} ${properties.kcButtonDefaultClass!} ${properties.kcButtonBlockClass!}">${msg("sallyport.approval.done")}</button>
        </div>
      </form>
    </div>
  </#if>
</@layout.registrationLayout>
