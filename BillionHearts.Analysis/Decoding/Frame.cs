using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BillionHearts.Analysis.Decoding;

/// <summary>
/// A message between the worker and a decoder, over pipes: the length of a JSON document, the document, the number of files, and each file after its length.
/// Numbers have 4 bytes, little-endian.
/// </summary>
/// <param name="Files">What JSON would have to encode.</param>
internal readonly record struct Frame<T>(T Head, IReadOnlyList<byte[]> Files)
{
    private const int MaxHead = 1024 * 1024;
    private const int MaxFiles = 2;

    public void Write(Stream stream, JsonTypeInfo<T> type)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(Head, type);
        WriteNumber(stream, head.Length);
        stream.Write(head);
        WriteNumber(stream, Files.Count);

        foreach (var file in Files)
        {
            WriteNumber(stream, file.Length);
            stream.Write(file);
        }

        stream.Flush();
    }

    /// <param name="maxFile">Largest file, in bytes.</param>
    /// <returns><see langword="null"/> at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">The other side does not keep to the limits or the format.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within a message.</exception>
    public static Frame<T>? Read(Stream stream, JsonTypeInfo<T> type, int maxFile)
    {
        Span<byte> first = stackalloc byte[sizeof(int)];

        if (stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) < first.Length)
        {
            return null;
        }

        try
        {
            var head = JsonSerializer.Deserialize(ReadBytes(stream, Checked(BinaryPrimitives.ReadInt32LittleEndian(first), MaxHead)), type)
                ?? throw new InvalidDataException("The message has no content.");
            var files = new byte[Checked(ReadNumber(stream), MaxFiles)][];

            for (var file = 0; file < files.Length; file++)
            {
                files[file] = ReadBytes(stream, Checked(ReadNumber(stream), maxFile));
            }

            return new Frame<T>(head, files);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException("The message is not the expected JSON.", exception);
        }
    }

    private static int Checked(int length, int limit) =>
        length >= 0 && length <= limit ? length : throw new InvalidDataException($"A length in the message is {length}, and at most {limit} are allowed.");

    private static void WriteNumber(Stream stream, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        stream.Write(bytes);
    }

    private static int ReadNumber(Stream stream)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadInt32LittleEndian(bytes);
    }

    private static byte[] ReadBytes(Stream stream, int length)
    {
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
