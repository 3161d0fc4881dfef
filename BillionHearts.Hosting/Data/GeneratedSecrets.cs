using System.Security.Cryptography;
using System.Text.Json;

namespace BillionHearts.Hosting.Data;

/// <summary>Passwords that nobody chose. A server reads its password once, with its first data, so they live and die with the data.</summary>
internal sealed class GeneratedSecrets(string folder)
{
    // Letters and digits only: they stand in URIs and connection strings that other languages parse.
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    private const int Length = 22;

    private Dictionary<string, string>? _values;

    public string FilePath { get; } = Path.Combine(folder, "secrets.json");

    /// <exception cref="DistributedApplicationException">The file cannot be read: new passwords would not open the data beside it.</exception>
    public string GetOrCreate(string name) => GetOrCreate(name, () => RandomNumberGenerator.GetString(Alphabet, Length));

    /// <inheritdoc cref="GetOrCreate(string)"/>
    public string GetOrCreate(string name, Func<string> create)
    {
        _values ??= Read();

        if (!_values.TryGetValue(name, out var value))
        {
            _values[name] = value = create();
            Write(_values);
        }

        return value;
    }

    private Dictionary<string, string> Read()
    {
        try
        {
            return File.Exists(FilePath) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(FilePath)) ?? [] : [];
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException(
                $"'{FilePath}' holds the passwords of the data beside it and cannot be read: {exception.Message} Restore it from a backup, or correct it by hand.",
                exception);
        }
    }

    private void Write(Dictionary<string, string> values)
    {
        // Written beside and renamed: half a file would lock the owner out of the data.
        var unfinished = FilePath + ".new";
        File.Delete(unfinished);

        using (var file = new FileStream(unfinished, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            JsonSerializer.Serialize(file, values);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, FilePath, overwrite: true);
    }
}
