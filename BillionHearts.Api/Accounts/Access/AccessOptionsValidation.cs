using Microsoft.Extensions.Options;

namespace BillionHearts.Api.Accounts.Access;

/// <summary>Refuses to start with keys that protect nothing.</summary>
internal sealed class AccessOptionsValidation(IHostEnvironment environment) : IValidateOptions<AccessOptions>
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

        for (var i = 0; i < options.PreviousKeys.Count; i++)
        {
            CheckKey($"{AccessOptions.SectionName}:{nameof(AccessOptions.PreviousKeys)}:{i}", options.PreviousKeys[i], mustSign: false);
        }

        if (options.External is { Authority: not null, Audience: not { Length: > 0 } })
        {
            faults.Add($"{AccessOptions.SectionName}:External:Audience is required with an authority: its tokens for other services must not be good here.");
        }

        return faults.Count is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void CheckKey(string setting, string text, bool mustSign)
        {
            try
            {
                if (TokenKey.Parse(text, mustSign).KeyId == development && !environment.IsDevelopment())
                {
                    faults.Add($"{setting} is the development key, which everybody knows: {environment.EnvironmentName} needs one of its own.");
                }
            }
            catch (FormatException exception)
            {
                faults.Add($"{setting} {exception.Message}.");
            }
        }
    }
}
