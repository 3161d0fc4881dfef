using BillionHearts.ServiceDefaults.Access;
using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Refuses to start with keys that protect nothing.</summary>
internal sealed class AccessOptionsValidation(IHostEnvironment environment, AccessMode mode) : IValidateOptions<AccessOptions>
{
    private const string SigningKey = $"{AccessOptions.SectionName}:{nameof(AccessOptions.SigningKey)}";

    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        List<string> faults = [];
        var development = TokenKey.Parse(TokenKey.Development, mustSign: true).KeyId;

        if (options.SigningKey is { Length: > 0 } signing)
        {
            CheckKey(SigningKey, signing, mustSign: true);
        }
        else if (!environment.IsDevelopment())
        {
            faults.Add($"{SigningKey} is required in {environment.EnvironmentName}: an ECDSA P-256 private key, which docs/operations.md shows how to make.");
        }
        else if (mode.RequiresTokens)
        {
            faults.Add(
                $"{SigningKey} is not set although {AccessMode.Setting} is true: the published development key would sign tokens, and anybody can sign with it. "
                + $"Set {SigningKey} to a private key of your own, which docs/operations.md shows how to make.");
        }

        for (var i = 0; i < options.PreviousKeys.Count; i++)
        {
            CheckKey($"{AccessOptions.SectionName}:{nameof(AccessOptions.PreviousKeys)}:{i}", options.PreviousKeys[i], mustSign: false);
        }

        if (options.External is { Authority: not null, Audience: not { Length: > 0 } })
        {
            faults.Add($"{AccessOptions.SectionName}:External:Audience is required with an authority: its tokens for other services must not be valid here.");
        }

        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void CheckKey(string setting, string text, bool mustSign)
        {
            try
            {
                // Allowed while tokens are optional, which they are in Development only.
                if (TokenKey.Parse(text, mustSign).KeyId == development && mode.RequiresTokens)
                {
                    faults.Add(
                        $"{setting} is the development key, which is published, although {AccessMode.Setting} is true: anybody can sign tokens with it. "
                        + "Use a private key of your own, which docs/operations.md shows how to make.");
                }
            }
            catch (FormatException exception)
            {
                faults.Add($"{setting} {exception.Message}.");
            }
        }
    }
}
