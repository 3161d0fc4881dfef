using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>The form of the OAuth 2.0 password grant (RFC 6749, 4.3.2). Other fields are ignored, as the RFC requires.</summary>
internal sealed record Credentials(string Username, string Password)
{
    public const string ContentType = "application/x-www-form-urlencoded";

    private const string GrantType = "password";
    private const int MaxBytes = 8 * 1024;
    private const int MaxFields = 16;

    private static readonly FormOptions s_limits = new() { ValueCountLimit = MaxFields, KeyLengthLimit = MaxBytes, ValueLengthLimit = MaxBytes };

    public static async Task<Outcome<Credentials>> ReadAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(http.ContentType, out var type) || !type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return Problems.UnsupportedContentType(http.ContentType, ContentType);
        }

        if (http.ContentLength > MaxBytes)
        {
            return Problems.BodyTooLarge(MaxBytes);
        }

        if (http.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxBytes;
        }

        try
        {
            var form = ParameterReader.ForForm(await new FormFeature(http, s_limits).ReadFormAsync(cancellationToken));
            var credentials = Read(form);

            return form.Errors.Problem is { } refusal ? refusal : credentials;
        }
        catch (InvalidDataException)
        {
            return SignInProblems.MalformedForm($"it has more than {MaxFields} fields, a field of more than {MaxBytes} bytes, or a NUL character");
        }
    }

    /// <summary>Declares and reads the fields of the form.</summary>
    public static Credentials Read(ParameterReader form)
    {
        form.OneOf("grant_type", text => text is GrantType ? text : null, [GrantType]);

        return new Credentials(
            form.AnyText("username", UserMapping.MaxUsernameLength, format: null) ?? "",
            form.AnyText("password", Passwords.MaxLength, format: "password") ?? "");
    }
}
