using System.Security.Cryptography;
using System.Text.Json;

namespace BillionHearts.Hosting.Data;

/// <summary>Passwords that nobody chose. A server reads its password once, with its first data, so they live and die with the data.</summary>
internal sealed class GeneratedSecrets(DataFolder data)
{
    // Letters and digits only: they stand in URIs and connection strings that other languages parse.
    private const string Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";

    private readonly Lock _writing = new();
    private Dictionary<string, string>? _values;

    public string GetOrCreate(string name)
    {
        lock (_writing)
        {
            data.Open();
            _values ??= Read();

            if (_values.TryGetValue(name, out var existing))
            {
                return existing;
            }

            var created = RandomNumberGenerator.GetString(Alphabet, 22);
            _values[name] = created;
            Write(_values);
            return created;
        }
    }

    private string FilePath => Path.Combine(data.Root, "secrets.json");

    private Dictionary<string, string> Read()
    {
        try
        {
            return File.Exists(FilePath) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(FilePath)) ?? [] : [];
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException(
                $"'{FilePath}' holds the passwords of the data beside it and cannot be read: restore it, or delete the folder '{data.Root}' to start afresh.",
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
