<#ftl output_format="plainText">
${msg("sallyport.mail." + kind + ".body", privilege, requester, until)}
<#if reason?has_content>

${msg("sallyport.mail.reason", reason)}
</#if>
<#if link?has_content>

${msg("sallyport.mail.link")}
${link}
</#if>
