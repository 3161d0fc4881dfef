using System.Security.Cryptography;
using System.Text.Json;

namespace BillionHearts.Hosting.Data;

/// <summary>Generated passwords and keys. A server takes its password once, when its data is created, so they are kept with the data.</summary>
internal sealed class GeneratedSecrets(string folder)
{
    // Letters and digits only, because they are part of URIs and connection strings.
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
                $"'{FilePath}' has the passwords of the data beside it, but cannot be read: {exception.Message} Restore it from a backup, or correct it by hand.",
                exception);
        }
    }

    private void Write(Dictionary<string, string> values)
    {
        // Written to another file and renamed: with half a file the data could not be opened.
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
