using BillionHearts.Api.Errors;
using BillionHearts.Api.Users;
using BillionHearts.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace BillionHearts.Api.SignIn;

/// <summary>The form of the OAuth 2.0 password grant (RFC 6749, 4.3.2). Fields beyond these are for others, and ignored as it says.</summary>
internal sealed record Credentials(string Username, string Password)
{
    public const string ContentType = "application/x-www-form-urlencoded";

    private const string Grant = "password";
    private const int MaxBytes = 8 * 1024;
    private const int MaxFields = 16;

    private static readonly FormOptions s_limits = new() { ValueCountLimit = MaxFields, KeyLengthLimit = MaxBytes, ValueLengthLimit = MaxBytes };

    public static async Task<(Credentials? Credentials, Problem? Refusal)> ReadAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(http.ContentType, out var type) || !type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return (null, Problems.UnsupportedContentType(http.ContentType, ContentType));
        }

        if (http.ContentLength > MaxBytes)
        {
            return (null, Problems.BodyTooLarge(MaxBytes));
        }

        if (http.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MaxBytes;
        }

        try
        {
            return Judge(await new FormFeature(http, s_limits).ReadFormAsync(cancellationToken));
        }
        catch (InvalidDataException)
        {
            return (null, SignInProblems.MalformedForm($"it has more than {MaxFields} fields, or one that is longer than {MaxBytes} bytes or has a NUL in it"));
        }
    }

    private static (Credentials? Credentials, Problem? Refusal) Judge(IFormCollection form)
    {
        Dictionary<string, string[]> errors = [];
        var username = Single("username", UserMapping.MaxUsernameLength);
        var password = Single("password", Passwords.MaxLength);

        if (form.TryGetValue("grant_type", out var grant) && grant is not [Grant])
        {
            errors["grant_type"] = [$"must be '{Grant}', not '{Problems.Shorten($"{grant}")}'"];
        }

        return errors.Count is 0 ? (new Credentials(username, password), null) : (null, Problems.InvalidFields(errors));

        string Single(string name, int maxLength)
        {
            var values = form[name];

            if (values.Count is not 1 || values[0] is not { Length: > 0 } value)
            {
                errors[name] = [values.Count > 1 ? "appears more than once" : "is required"];
                return "";
            }

            if (value.Length > maxLength)
            {
                errors[name] = [$"must have at most {maxLength} characters, not {value.Length}"];
            }

            return value;
        }
    }
}
