using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace BillionHearts.Hosting.ApplicationModel;

/// <summary>An interpolated string whose holes are filled when the application runs.</summary>
public sealed class ReferenceExpression : IExpressionValue
{
    public static readonly ReferenceExpression Empty = new(string.Empty, [], []);

    private readonly IReadOnlyList<string?> _formats;

    private ReferenceExpression(string format, IReadOnlyList<IValueProvider> valueProviders, IReadOnlyList<string?> formats)
    {
        Format = format;
        ValueProviders = valueProviders;
        _formats = formats;
    }

    public string Format { get; }

    public IReadOnlyList<IValueProvider> ValueProviders { get; }

    public string ValueExpression =>
        string.Format(CultureInfo.InvariantCulture, Format, [.. ValueProviders.Select(provider => ((IManifestExpressionProvider)provider).ValueExpression)]);

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => handler.ToExpression();

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        GetValueAsync(new ValueProviderContext(), cancellationToken);

    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        var values = new string?[ValueProviders.Count];

        for (var i = 0; i < values.Length; i++)
        {
            values[i] = await ValueProviders[i].GetValueAsync(context, cancellationToken);
        }

        return Fill(values);
    }

    internal string? Fill(string?[] values)
    {
        if (Format.Length == 0)
        {
            return null;
        }

        var formatted = values.Select((value, i) => Encode(value, _formats[i]));
        return string.Format(CultureInfo.InvariantCulture, Format, [.. formatted]);
    }

    private static string? Encode(string? value, string? format) => (value, format) switch
    {
        (null, _) or (_, null) => value,
        (_, "uri") => Uri.EscapeDataString(value),
        _ => throw new FormatException($"'{format}' is not a format of a reference expression; there is only 'uri'."),
    };

    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        private readonly StringBuilder _format = new(literalLength * 2);
        private readonly List<IValueProvider> _providers = new(formattedCount);
        private readonly List<string?> _formats = new(formattedCount);

        public void AppendLiteral(string value) =>
            _format.Append(value.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

        public void AppendFormatted(string? value) => AppendFormatted(value, format: null);

        public void AppendFormatted(string? value, string? format) => AppendLiteral(Encode(value, format) ?? string.Empty);

        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider, format: null);

        public void AppendFormatted<T>(T valueProvider, string? format)
            where T : IValueProvider, IManifestExpressionProvider => Append(valueProvider, format);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider => AppendFormatted(valueProvider, format: null);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format)
            where T : IResource, IValueProvider, IManifestExpressionProvider => Append(valueProvider.Resource, format);

        internal ReferenceExpression ToExpression() => new(_format.ToString(), [.. _providers], [.. _formats]);

        private void Append(IValueProvider provider, string? format)
        {
            _format.Append(CultureInfo.InvariantCulture, $"{{{_providers.Count}}}");
            _providers.Add(provider);
            _formats.Add(format);
        }
    }
}
