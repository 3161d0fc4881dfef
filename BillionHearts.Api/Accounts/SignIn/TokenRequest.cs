using BillionHearts.Api.Accounts.Sessions;
using BillionHearts.Api.Accounts.Users;
using BillionHearts.Api.Platform.Errors;
using BillionHearts.Api.Platform.Input;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.Accounts.SignIn;

/// <summary>The form of the password and the refresh grant of OAuth 2.0 (RFC 6749, 4.3.2 and 6). Other fields are ignored, as the RFC requires.</summary>
/// <param name="OpensSession">Whether the answer has a refresh token: <c>scope=offline_access</c>, as in OpenID Connect Core, 11.</param>
/// <param name="Client">What the list of sessions shows.</param>
internal sealed record TokenRequest(string Grant, string Username, string Password, string RefreshToken, bool OpensSession, string? Client)
{
    public const string ContentType = "application/x-www-form-urlencoded";

    public const string PasswordGrant = "password";
    public const string RefreshGrant = "refresh_token";
    public const string DevelopmentGrant = "development";

    private const string SessionScope = "offline_access";
    private const int MaxRefreshTokenLength = 128;
    private const int MaxBytes = 8 * 1024;
    private const int MaxFields = 16;

    private static readonly string[] s_grants = [PasswordGrant, RefreshGrant];
    private static readonly string[] s_developmentGrants = [.. s_grants, DevelopmentGrant];

    private static readonly FormOptions s_limits = new() { ValueCountLimit = MaxFields, KeyLengthLimit = MaxBytes, ValueLengthLimit = MaxBytes };

    /// <param name="allowsDevelopment">Whether <see cref="DevelopmentGrant"/> is supported.</param>
    public static async Task<Outcome<TokenRequest>> ReadAsync(HttpRequest http, bool allowsDevelopment, CancellationToken cancellationToken)
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
            var request = Read(form, allowsDevelopment);

            return form.Errors.Problem is { } refusal ? refusal : request;
        }
        catch (InvalidDataException)
        {
            return SignInProblems.MalformedForm($"it has more than {MaxFields} fields, a field of more than {MaxBytes} bytes, or a NUL character");
        }
    }

    /// <summary>Declares and reads the fields of the form.</summary>
    public static TokenRequest Read(ParameterReader form, bool allowsDevelopment)
    {
        var supported = allowsDevelopment ? s_developmentGrants : s_grants;
        var grant = form.OneOf("grant_type", text => supported.Contains(text) ? text : null, supported) ?? PasswordGrant;

        return new TokenRequest(
            grant,
            Field("username", UserMapping.MaxUsernameLength, isNeeded: grant is not RefreshGrant),
            Field("password", Passwords.MaxLength, isNeeded: grant is PasswordGrant, format: "password"),
            Field("refresh_token", MaxRefreshTokenLength, isNeeded: grant is RefreshGrant),
            form.Raw("scope")?.Split(' ').Contains(SessionScope) is true,
            form.Text("client", SessionMapping.MaxClientLength));

        string Field(string name, int maxLength, bool isNeeded, string? format = null)
        {
            var text = form.AnyText(name, maxLength, format);

            if (isNeeded && text is not { Length: > 0 } && !form.Errors.Has(name))
            {
                form.Errors.Add(name, "is required");
            }

            return text ?? "";
        }
    }
}
